"""Where alerts arrive in tests and in the demo: loopback receivers that check what they get."""

from monitor.testing.receivers.discord import (
    DiscordReceiver,
    discord_limit,
    discord_mentions,
    discord_refusal,
    show_discord,
)
from monitor.testing.receivers.mattermost import (
    MattermostReceiver,
    mattermost_error,
    mattermost_mentions,
    mattermost_refusal,
    show_mattermost,
)
from monitor.testing.receivers.slack import (
    MENTIONS,
    SlackReceiver,
    mentions,
    rate_limit,
    show_slack,
    slack_refusal,
)
from monitor.testing.receivers.teams import (
    TeamsReceiver,
    connector_error,
    show_teams,
    teams_error,
    teams_mentions,
    teams_refusal,
)
from monitor.testing.receivers.webhook import TOLERANCE, Receipt, WebhookReceiver

__all__ = [
    "MENTIONS",
    "TOLERANCE",
    "DiscordReceiver",
    "MattermostReceiver",
    "Receipt",
    "SlackReceiver",
    "TeamsReceiver",
    "WebhookReceiver",
    "connector_error",
    "discord_limit",
    "discord_mentions",
    "discord_refusal",
    "mattermost_error",
    "mattermost_mentions",
    "mattermost_refusal",
    "mentions",
    "rate_limit",
    "show_discord",
    "show_mattermost",
    "show_slack",
    "show_teams",
    "slack_refusal",
    "teams_error",
    "teams_mentions",
    "teams_refusal",
]
