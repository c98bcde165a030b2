"""Prints a SAM template as CloudFormation receives it, after AWS's own transform; needs no AWS account.

The functions of AWS::LanguageExtensions, which runs before SAM, stay as they are.
"""

import json
import logging
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# Suppress the library's notes, which would be mixed with the result.
logging.disable()


class NoManagedPolicies:
    """Replaces the loader of AWS's managed policies; the template uses none."""

    def load(self):
        return {}


with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file.read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        # The form of the package's URI after `sam deploy`.
        resource["Properties"]["CodeUri"] = "s3://bucket/package.zip"
translated = transform(template, {}, NoManagedPolicies())
translated["Transform"] = "AWS::LanguageExtensions"
json.dump(translated, sys.stdout)
