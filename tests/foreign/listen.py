"""Listens to an exchange. usage: listen.py AMQP_URL EXCHANGE PATTERN COUNT. Writes "ready" when it is bound, then each
message as a JSON line: key, message_id, headers, persistent, body."""

import json
import sys

import pika

url, exchange, pattern, count = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
channel.queue_bind(queue, exchange, pattern)
print("ready", flush=True)
for method, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=30):
    if method is None:
        sys.exit("nothing came for 30 s")
    told = {
        "key": method.routing_key,
        "message_id": properties.message_id,
        "headers": properties.headers,
        "persistent": properties.delivery_mode == 2,
        "body": json.loads(body),
    }
    print(json.dumps(told), flush=True)
    count = int(count) - 1
    if count == 0:
        break
connection.close()
