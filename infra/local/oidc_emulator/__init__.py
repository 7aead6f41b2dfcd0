"""A provider of identities on this machine: oauth2-mock-server, where Node and the package are to be had."""
