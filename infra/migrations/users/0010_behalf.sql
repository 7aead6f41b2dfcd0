-- Whose rows are whose. A failed sign-in, a registration and a letter are nobody's: they are found by an address.
SELECT confine('users', 'id');
SELECT confine('devices', 'user_id');
SELECT confine('refresh_tokens', 'user_id');
SELECT confine('confirmations', 'user_id');
SELECT confine('second_factors', 'user_id');
SELECT confine('backup_codes', 'user_id');
SELECT confine('password_resets', 'user_id');
SELECT confine('address_changes', 'user_id');
SELECT confine('consents', 'user_id');
SELECT confine('identities', 'user_id');
