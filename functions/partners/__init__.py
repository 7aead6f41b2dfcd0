"""Programs of other companies: applications, API keys, usage, and webhooks that are sent to them."""
