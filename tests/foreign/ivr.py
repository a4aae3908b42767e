"""An IVR in another language: publishes requests, waits for the answers at its reply_to, reads the dead letters.

usage: ivr.py AMQP_URL   (requests as JSON lines on stdin: {"key", "body", "id"}; answers as JSON lines on stdout)
"""

import json
import sys
import time
import uuid

import pika

WAIT = 20


def main():
    connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
    channel = connection.channel()
    reply_to = channel.queue_declare("", exclusive=True).method.queue
    answers = {}
    channel.basic_consume(
        reply_to, lambda c, m, p, body: answers.__setitem__(p.correlation_id, json.loads(body)), auto_ack=True
    )
    asked = []
    for line in sys.stdin:
        request = json.loads(line)
        correlation = str(uuid.uuid4())
        asked.append((request["id"], correlation))
        properties = pika.BasicProperties(
            content_type="application/json", delivery_mode=2, reply_to=reply_to, correlation_id=correlation
        )
        channel.basic_publish("ringback.requests", request["key"], request["body"].encode(), properties)
    deadline = time.time() + WAIT
    while len(answers) < len(asked) and time.time() < deadline:
        connection.process_data_events(time_limit=0.1)
    dead = []
    while time.time() < deadline:
        method, properties, body = channel.basic_get("ringback.dead", auto_ack=True)
        if method is None:
            if len(dead) >= sum(1 for _, c in asked if "code" in answers.get(c, {})):
                break
            connection.process_data_events(time_limit=0.1)
            continue
        headers = properties.headers or {}
        dead.append({"headers": headers, "body": body.decode()})
    print(json.dumps({"answers": {name: answers.get(c) for name, c in asked}, "dead": dead}))
    connection.close()


main()
