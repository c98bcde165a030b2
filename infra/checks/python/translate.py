"""Prints a SAM template as CloudFormation gets it: the transform that AWS itself runs, without an account."""

import json
import logging
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# Its remarks about features that are off would stand between the lines of the result.
logging.disable()


class NoManagedPolicies:
    """Stands for the list of AWS's managed policies: the template names none."""

    def load(self):
        return {}


with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file.read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        # Where `sam deploy` puts a package.
        resource["Properties"]["CodeUri"] = "s3://bucket/package.zip"
json.dump(transform(template, {}, NoManagedPolicies()), sys.stdout)
