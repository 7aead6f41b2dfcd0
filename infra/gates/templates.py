"""The gate of templates, state machines and topic files: all house rules on the whole tree."""

from gates import machine_rules, template_rules, template_tree, topic_rules, warm_rules
from local.model import LocalError


def problems() -> list[str]:
    """Return one line for each rule that is broken."""
    try:
        tree = template_tree.read()
    except LocalError as error:
        return [str(error)]
    found = [line for rule in template_rules.RULES for line in rule(tree)]
    return [*found, *machine_rules.problems(), *topic_rules.problems(tree), *warm_rules.problems(tree)]
