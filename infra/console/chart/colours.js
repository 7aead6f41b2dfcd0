// The page's colours for the pen, read once a painting so that the theme may change at any time.

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const css = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    card: css("card"), line: css("line"), text: css("text"), dim: css("dim"), accent: css("accent"), onAccent: css("on-accent"),
    up: css("up"), down: css("down"), upSoft: css("up-soft"), downSoft: css("down-soft"),
    upFaint: css("up-faint"), downFaint: css("down-faint"), life: css("life"), bandGround: css("band"),
    lines: [1, 2, 3, 4, 5, 6].map((number) => css(`series-${number}`)),
  };
}
