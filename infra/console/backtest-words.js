// How a backtest's figures are said: the same names as in its report.

const NONE = "–";
const missing = (value) => value === null || value === undefined;
const signed = (value, text) => `${value < 0 ? "−" : "+"}${text}`;

export const percent = (value, digits = 1) => (missing(value) ? NONE : signed(value, `${Math.abs(value * 100).toFixed(digits)} %`));
export const share = (value) => (missing(value) ? NONE : `${(value * 100).toFixed(1)} %`);
export const ratio = (value) => (missing(value) ? NONE : value < 0 ? `−${Math.abs(value).toFixed(2)}` : value.toFixed(2));
export const inR = (value) => (missing(value) ? NONE : signed(value, `${Math.abs(value).toFixed(2)} R`));
export const parameters = (params) => Object.entries(params).map(([name, value]) => `${name} ${value}`).join(", ") || "as shipped";

export function whole(value, sign = false) {
  const text = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }).format(Math.abs(value));
  return sign ? signed(value, text) : value < 0 ? `−${text}` : text;
}

export function month(value) {
  const text = Math.abs(value * 100).toFixed(1);
  return text === "0.0" ? "0.0" : signed(value, text);
}

const mood = (value) => (missing(value) ? "" : value > 0 ? "up" : value < 0 ? "down" : "");

export function headline({ curve, trading, deflated, held, tried }) {
  const each = held.map((one) => one.held_return), lowest = curve.drawdown.trough;
  return [
    { name: "Net return", value: percent(curve.net_return), note: `holding: ${percent(each.reduce((sum, one) => sum + one, 0) / each.length)}`, mood: mood(curve.net_return) },
    { name: "A year", value: percent(curve.cagr), note: "compound growth", mood: mood(curve.cagr) },
    { name: "Sharpe ratio", value: ratio(curve.sharpe), note: "a year, no risk-free rate" },
    { name: "Deepest fall", value: percent(curve.drawdown.depth), note: lowest ? `lowest ${lowest}` : "none", mood: mood(curve.drawdown.depth) },
    { name: "Trades won", value: share(trading.win_rate), note: `of ${trading.count} closed` },
    { name: "Better than luck", value: share(deflated), note: tried.length > 1 ? `after ${tried.length} trials (deflated)` : "after one trial" },
  ];
}

export function details({ curve, trading, costs, currency }) {
  const rows = [
    ["Gross return", percent(curve.gross_return), "without fees and slippage"], ["Fees and slippage", `${whole(costs)} ${currency}`, "in all"],
    ["Volatility", share(curve.volatility), "a year"], ["Sortino ratio", ratio(curve.sortino), "a year"],
    ["Calmar ratio", ratio(curve.calmar), "growth over deepest fall"], ["Sharpe above 0", share(curve.probable), "probability, one trial"],
    ["Longest under water", `${curve.drawdown.longest_days} days`, ""], ["Exposure", share(curve.exposure), "of the time"],
    ["Turnover", ratio(curve.turnover), "times equity a year"], ["Profit factor", ratio(trading.profit_factor), "won over lost"],
    ["Expectancy", inR(trading.expectancy_r), "a trade"], ["Average win", inR(trading.average_win_r), ""],
    ["Average loss", inR(trading.average_loss_r), ""], ["Ran for", inR(trading.average_mfe_r), "best moment, average"],
    ["Ran against", inR(missing(trading.average_mae_r) ? null : -trading.average_mae_r), "worst moment, average"], ["Held", missing(trading.average_candles) ? NONE : trading.average_candles.toFixed(1), "candles, average"],
  ];
  return rows.map(([name, value, note]) => ({ name, value, note }));
}
