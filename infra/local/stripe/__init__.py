"""The payment gateway on one machine: a stateful stand-in that speaks Stripe's HTTP API. An emulator.

    api          one request: key, idempotency, route, answer        server    its own loopback port
    world        the objects there are, and the events they make     records   SQLite under the state folder
    payments, charges, refunds, checkout, subscriptions, invoices, customers, catalogue   what each does
    pages        the hosted page a person clicks                     cards     Stripe's documented test cards
    deliveries   signed webhooks: retries, duplicates, disorder      faults    429, 500, lost answers
    part         it lives with the platform                          controls  ``/_local/stripe/*``

Behaviour follows docs.stripe.com/api (objects, errors, idempotent requests), /testing (cards) and /webhooks.
"""
