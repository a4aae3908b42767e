"""How many messages are ready in a queue. usage: depth.py AMQP_URL QUEUE"""

import sys

import pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
print(connection.channel().queue_declare(sys.argv[2], passive=True).method.message_count)
connection.close()
