"""SAM to CloudFormation by the transform AWS itself runs, offline."""

import functools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from samtranslator.model.exceptions import ExceptionWithMessage, InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator import translator as translation
from samtranslator.utils.py27hash_fix import to_py27_compatible_template, undo_mark_unicode_str_in_template

from local.aws import REGION
from local.model import LocalError


class _AnyManagedPolicy(dict[str, str]):
    """Stands for the list of managed policies that the transform would ask IAM for."""

    def __missing__(self, name: str) -> str:
        return f"arn:aws:iam::aws:policy/{name}"

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.isidentifier()

    def get(self, name: str, default: Any = None) -> Any:
        """Return an ARN for anything that looks like a policy's name."""
        return self[name] if name in self else default  # noqa: SIM401 - this method is what it would call


# The transform checks its own policy templates against a schema for every template: a third of the time.
# What it makes of them never changes, so it is made once.
translation.make_policy_template_for_function_plugin = functools.cache(
    translation.make_policy_template_for_function_plugin
)


@functools.cache
def _session() -> boto3.session.Session:
    """Return the session of all templates: to make one takes as long as to transform a template."""
    return boto3.session.Session(region_name=REGION)


def to_cloudformation(path: Path, template: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``template`` with its SAM resources replaced. Raises :class:`LocalError` with all complaints."""
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    values = dict(parameters)
    to_py27_compatible_template(template, values)
    # as samtranslator.translator.transform does, but with a session: it finds no region otherwise
    translator = translation.Translator(None, Parser(), boto_session=_session())
    try:
        result = translator.translate(
            template, parameter_values=values, get_managed_policy_map=_AnyManagedPolicy
        )
    except InvalidDocumentException as error:
        causes = [_message(cause) for cause in error.causes]
        raise LocalError(f"{path}: {'; '.join(causes)}") from error
    except ExceptionWithMessage as error:
        raise LocalError(f"{path}: {_message(error)}") from error
    return dict(undo_mark_unicode_str_in_template(result))


def _message(error: ExceptionWithMessage) -> str:
    return str(error.message).replace("\n", " ")
