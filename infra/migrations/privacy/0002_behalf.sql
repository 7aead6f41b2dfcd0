-- Whose rows are whose. What a hold says is not told to whom it is about; that there is one decides about an erasure.
SELECT confine('exports', 'person');
SELECT confine_by('export_parts', 'export', 'exports');
SELECT confine('erasures', 'person');
SELECT confine_by('erasure_answers', 'erasure', 'erasures');
SELECT confine('holds', 'person');
SELECT confine('engagements', 'person');
