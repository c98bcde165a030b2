"""Calls one operation of AWS by boto3 and prints its answer as JSON: aws.py SERVICE OPERATION [PARAMETERS]."""
import json
import sys

import boto3

service, operation, *parameters = sys.argv[1:]
answer = getattr(boto3.client(service), operation)(**json.loads(*parameters or ["{}"]))
answer.pop("ResponseMetadata", None)
json.dump(answer, sys.stdout, default=str)
