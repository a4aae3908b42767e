"""Verifies deliveries with the Standard Webhooks library of Python: JSON lines {secret, headers, body} on standard input,
one word each on standard output."""
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    told = json.loads(line)
    try:
        Webhook(told["secret"]).verify(told["body"], told["headers"])
        print("good")
    except WebhookVerificationError:
        print("bad")
