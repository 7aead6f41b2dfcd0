-- Events of all people lie in one chain: nobody reads it for themselves.
SELECT confine_to_staff('entries');
