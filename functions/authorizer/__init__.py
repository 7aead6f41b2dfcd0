"""The one policy point of the API: who is calling, is the token still good, is the plan's quota left."""
