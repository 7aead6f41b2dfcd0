"""What people may ask of us about their data: a copy of all of it, and that it is erased (DPDP Act, 2023)."""
