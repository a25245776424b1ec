"""Staff: roles, second factors, tokens, invitations."""
