"""The books, for auditors and administrators."""

from kit import clock
from kit.http import Request, Routes, role
from payments import bootstrap
from payments.errors import AccountUnknown
from payments.model.ledger import AccountCode
from payments.schemas.ledger import (
    AccountQuery,
    AsOfQuery,
    DifferenceView,
    LedgerLineView,
    StatementView,
    TrialBalanceView,
    TrialLineView,
)
from payments.service.ledger import read_statement

routes = Routes()


@routes.get(
    "/ledger/trial-balance",
    summary="Debits and credits of every control account; balanced when each book's difference is 0",
    query=AsOfQuery,
    reply=TrialBalanceView,
    access=role("auditor"),
)
def get_trial_balance(request: Request) -> TrialBalanceView:
    """Read the trial balance."""
    query: AsOfQuery = request.query
    found = bootstrap.stores.ledger().trial_balance(query.at or clock.now())
    differences = found.difference()
    return TrialBalanceView(
        at=found.at,
        lines=tuple(TrialLineView.model_validate(one) for one in found.lines),
        differences=tuple(
            DifferenceView(book=book, currency=currency, difference=paise)
            for (book, currency), paise in sorted(differences.items())
        ),
        balanced=not any(differences.values()),
    )


@routes.get(
    "/ledger/accounts/{code}/statement",
    summary="What was posted to an account, the oldest first",
    query=AccountQuery,
    reply=StatementView,
    access=role("auditor"),
    errors=(AccountUnknown,),
)
def get_account_statement(request: Request) -> StatementView:
    """Read a page of an account's statement."""
    query: AccountQuery = request.query
    page = read_statement(
        AccountCode(request.path["code"]),
        bootstrap.stores.ledger(),
        limit=query.limit,
        cursor=query.cursor,
        at=query.at,
    )
    return StatementView(
        account=page.account,
        as_of=page.as_of,
        items=tuple(LedgerLineView.model_validate(one) for one in page.lines),
        next_cursor=page.next_cursor,
    )
