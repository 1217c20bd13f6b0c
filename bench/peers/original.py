"""The way of the Python service that sqs2pg replaces: pages of ten, SHA-256, a connection and an insert a row.

It never deleted a message; here it does, as it would not come to an end otherwise.
"""

import datetime
import hashlib
import json
import os

import boto3
import psycopg2

QUEUE_URL = os.environ["SQS2PG_QUEUE"]
DATABASE_URL = os.environ["DATABASE_URL"]


def mask(value):
    return None if value is None else hashlib.sha256(value.encode()).hexdigest()


def app_version(text):
    parts = [int(part) for part in text.split(".")] + [0, 0]
    return parts[0] * 10_000 + parts[1] * 100 + parts[2]


def insert(event):
    connection = psycopg2.connect(DATABASE_URL)
    cursor = connection.cursor()
    cursor.execute(
        "insert into user_logins"
        " (user_id, device_type, masked_ip, masked_device_id, locale, app_version, create_date)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (
            event["user_id"],
            event["device_type"],
            mask(event["ip"]),
            mask(event["device_id"]),
            event["locale"],
            app_version(event["app_version"]),
            datetime.date.today(),
        ),
    )
    connection.commit()
    cursor.close()
    connection.close()


sqs = boto3.client("sqs")
while True:
    answer = sqs.receive_message(QueueUrl=QUEUE_URL, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    messages = answer.get("Messages", [])
    if not messages:
        break
    for message in messages:
        event = json.loads(message["Body"])
        if "user_id" in event:
            insert(event)
    sqs.delete_message_batch(
        QueueUrl=QUEUE_URL,
        Entries=[
            {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
            for index, message in enumerate(messages)
        ],
    )
