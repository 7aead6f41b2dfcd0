"""The AWS that functions see on a laptop: one signed endpoint before the emulator.

``python -m local.aws`` runs it alone; inside the platform :class:`local.aws.endpoint.AwsEndpoint` does.
"""

ACCOUNT = "000000000000"
REGION = "ap-south-1"
