-- Whose rows are whose: everything hangs on an application, and that on its owner.
SELECT confine('owners', 'id');
SELECT confine('applications', 'owner');
SELECT confine_by('keys', 'application_id', 'applications');
SELECT confine_by('usage_hours', 'key_id', 'keys');
SELECT confine_by('endpoints', 'application_id', 'applications');
SELECT confine_by('deliveries', 'endpoint_id', 'endpoints');
SELECT confine_by('attempts', 'delivery_id', 'deliveries');
