-- Where a buyer is, as the invoice prints it: a business must say it (rule 46(d) of the CGST Rules).
ALTER TABLE billing_profiles ADD COLUMN address text CHECK (length(address) BETWEEN 1 AND 300);
