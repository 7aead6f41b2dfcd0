"""The answer to a webhook."""

from pydantic import Field

from kit.http import View


class ReceivedView(View):
    """The gateway needs only the status; people who look at its log see whether it came before."""

    received: bool = Field(description="Always true: it is authentic and stored")
    repeated: bool = Field(description="It was known already")
