"""States and union territories by name, as a tax invoice writes them."""

from typing import Final

from payments.model.sale import STATES

NAMES: Final[dict[str, str]] = {
    "JK": "Jammu and Kashmir",
    "HP": "Himachal Pradesh",
    "PB": "Punjab",
    "CH": "Chandigarh",
    "UK": "Uttarakhand",
    "HR": "Haryana",
    "DL": "Delhi",
    "RJ": "Rajasthan",
    "UP": "Uttar Pradesh",
    "BR": "Bihar",
    "SK": "Sikkim",
    "AR": "Arunachal Pradesh",
    "NL": "Nagaland",
    "MN": "Manipur",
    "MZ": "Mizoram",
    "TR": "Tripura",
    "ML": "Meghalaya",
    "AS": "Assam",
    "WB": "West Bengal",
    "JH": "Jharkhand",
    "OD": "Odisha",
    "CG": "Chhattisgarh",
    "MP": "Madhya Pradesh",
    "GJ": "Gujarat",
    "DH": "Dadra and Nagar Haveli and Daman and Diu",
    "MH": "Maharashtra",
    "KA": "Karnataka",
    "GA": "Goa",
    "LD": "Lakshadweep",
    "KL": "Kerala",
    "TN": "Tamil Nadu",
    "PY": "Puducherry",
    "AN": "Andaman and Nicobar Islands",
    "TS": "Telangana",
    "AP": "Andhra Pradesh",
    "LA": "Ladakh",
}


def written(state: str) -> str:
    """Return a state with its GST code, such as ``Maharashtra (27)``."""
    return f"{NAMES[state]} ({STATES[state]})"
