-- Whose rows are whose.
SELECT confine('plans', 'subject');
