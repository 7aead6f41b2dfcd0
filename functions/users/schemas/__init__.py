"""What crosses HTTP: bodies in, views out. Addresses are brought to one spelling here."""

from users.schemas.accounts import (
    PlanBody,
    ProfileBody,
    RolesBody,
    UnlockBody,
    UserQuery,
    UsersView,
    UserView,
)
from users.schemas.addresses import (
    AddressChangeView,
    AddressCodesBody,
    AddressOutcomeView,
    EmailBody,
    PhoneBody,
    StopBody,
    WaitingChangesView,
    WaitingChangeView,
)
from users.schemas.fields import Addressed, DeviceSecret, Email, Line, Password, Phone, Uuid
from users.schemas.passwords import (
    PasswordChangeBody,
    PasswordForgotBody,
    PasswordForgotView,
    PasswordResetBody,
    PasswordResetView,
)
from users.schemas.registration import RegisterBody, ResendBody, VerificationView, VerifiedView, VerifyBody
from users.schemas.second_factor import (
    AppCodeBody,
    BackupCodesView,
    EnrolmentView,
    SecondFactorBody,
    SecondFactorView,
)
from users.schemas.sessions import DevicesView, DeviceView, GrantView, JwksView, LoginBody, RefreshBody
from users.schemas.step_up import SteppedUpView, StepUpBody, StepUpProofBody, StepUpView

__all__ = [
    "AddressChangeView",
    "AddressCodesBody",
    "AddressOutcomeView",
    "Addressed",
    "AppCodeBody",
    "BackupCodesView",
    "DeviceSecret",
    "DeviceView",
    "DevicesView",
    "Email",
    "EmailBody",
    "EnrolmentView",
    "GrantView",
    "JwksView",
    "Line",
    "LoginBody",
    "Password",
    "PasswordChangeBody",
    "PasswordForgotBody",
    "PasswordForgotView",
    "PasswordResetBody",
    "PasswordResetView",
    "Phone",
    "PhoneBody",
    "PlanBody",
    "ProfileBody",
    "RefreshBody",
    "RegisterBody",
    "ResendBody",
    "RolesBody",
    "SecondFactorBody",
    "SecondFactorView",
    "StepUpBody",
    "StepUpProofBody",
    "StepUpView",
    "SteppedUpView",
    "StopBody",
    "UnlockBody",
    "UserQuery",
    "UserView",
    "UsersView",
    "Uuid",
    "VerificationView",
    "VerifiedView",
    "VerifyBody",
    "WaitingChangeView",
    "WaitingChangesView",
]
