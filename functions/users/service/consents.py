"""Give and withdraw consent, each to the version of the notice that was read (DPDP Act, 2023, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit import clock, events, ids
from kit.events import Event
from kit.events.user_events import UserConsentChanged
from users.errors import NoticeOutdated, PurposeUnknown, UserUnknown
from users.model import Consent, ConsentEntry, ConsentId, ConsentNotice, Locale, User, UserId
from users.ports import Accounts, ConsentNotices, Consents


@dataclass(frozen=True, slots=True)
class ConsentKeeping:
    """Keeps the ledger of consents."""

    accounts: Accounts
    consents: Consents
    texts: ConsentNotices

    def notices(self) -> Sequence[ConsentNotice]:
        """Return what is in force today."""
        return self.texts.in_force(clock.now().date())

    def mine(self, user_id: UserId) -> list[Consent]:
        """Return where somebody stands about each purpose."""
        newest = {one.purpose: one for one in self.consents.newest(user_id)}
        return [Consent(notice, newest.get(notice.purpose)) for notice in self.notices()]

    def give(self, user_id: UserId, purpose: str, version: str, locale: Locale | None) -> Consent:
        """Consent to ``purpose``, having read ``version``; the same again changes nothing.

        Raises ``PurposeUnknown``, ``NoticeOutdated`` when another version is in force, ``UserUnknown``.
        """
        notice = self._notice(purpose)
        if notice.version != version:
            raise NoticeOutdated
        return self._add(user_id, notice, locale, given=True)

    def withdraw(self, user_id: UserId, purpose: str) -> Consent:
        """Withdraw consent to ``purpose``; what was never given is not withdrawn, and that is fine.

        Raises ``PurposeUnknown``, ``UserUnknown``.
        """
        return self._add(user_id, self._notice(purpose), None, given=False)

    def history(self, user_id: UserId, before: ConsentId | None, at_most: int) -> list[ConsentEntry]:
        """Return one's own lines of the ledger, the newest first."""
        return self.consents.history(user_id, before, at_most)

    def _add(self, user_id: UserId, notice: ConsentNotice, locale: Locale | None, *, given: bool) -> Consent:
        user = self.accounts.by_id(user_id)
        if user is None:
            raise UserUnknown
        entry = ConsentEntry(
            id=ConsentId(ids.uuid7()),
            user_id=user_id,
            purpose=notice.purpose,
            version=notice.version,
            digest=notice.digest,
            given=given,
            locale=locale or user.locale,
            at=clock.now(),
        )

        def tell(after: User) -> Event[UserConsentChanged]:
            return _changed(after, entry)

        self.consents.add(entry, tell)
        return next(one for one in self.mine(user_id) if one.notice.purpose == notice.purpose)

    def _notice(self, purpose: str) -> ConsentNotice:
        found = next((one for one in self.notices() if one.purpose == purpose), None)
        if found is None:
            raise PurposeUnknown
        return found


def _changed(user: User, entry: ConsentEntry) -> Event[UserConsentChanged]:
    told = UserConsentChanged(
        user_id=user.id,
        purpose=entry.purpose,
        notice_version=entry.version,
        notice_digest=entry.digest,
        given=entry.given,
        changed_at=entry.at,
    )
    return events.new(told, subject=user.id, version=user.version)
