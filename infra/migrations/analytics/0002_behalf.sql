-- Whose rows are whose: the facts. Sums are of all people, and name none.
SELECT confine('facts', 'subject');
