-- Whose rows are whose. What was found about a person is not theirs to read.
SELECT confine('kyc_applications', 'person');
SELECT confine('kyc_standings', 'person');
SELECT confine('kyc_documents', 'person');
SELECT confine_by('kyc_decisions', 'application', 'kyc_applications');
SELECT confine_by('kyc_verifications', 'application', 'kyc_applications');
SELECT confine_by('kyc_disclosures', 'application', 'kyc_applications');
SELECT confine_to_staff('aml_screenings');
