"""The calls that every answer makes, with less around them than the libraries put there.

Sending was a third of what a check costs: python-telegram-bot makes objects of what is sent and of the
message that Telegram gives back, and httpx merges settings into every request. Errors stay its own.
"""

from typing import Any

import httpx
from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter


class NoMessage(Exception):
    """Telegram says that a message was sent, and gives back something else."""


class Requests(HTTPXRequest):
    """The library's connections, asked directly when nothing about a call is special."""

    async def send(self, url: str, **parameters: Any) -> None:  # noqa: ANN401 - what the Bot API takes
        """Make a call that sends one message; parameters that are None are left out.

        Raises:
            NoMessage: see there.
            TelegramError: what Telegram, or the way to it, made of the call.
        """
        sent = await self.post(
            url,
            RequestData(
                [
                    RequestParameter(name, value, None)
                    for name, value in parameters.items()
                    if value is not None
                ]
            ),
        )
        if not isinstance(sent, dict):
            raise NoMessage

    async def do_request(  # noqa: PLR0913, PLR0917 - the library's own
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See `HTTPXRequest.do_request`."""
        timeouts = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        if (
            request_data is None
            or request_data.contains_files
            or any(timeout is not DEFAULT_NONE for timeout in timeouts)
        ):
            return await super().do_request(url, method, request_data, *timeouts)
        request = httpx.Request(
            method,
            url,
            data=request_data.json_parameters,
            extensions={"timeout": self._client.timeout.as_dict()},
        )
        try:
            response = await self._client.send(request)
        except httpx.TimeoutException as error:
            raise TimedOut from error
        except httpx.HTTPError as error:
            # Never the error's words: they may repeat the address, and with it the token.
            raise NetworkError(type(error).__name__) from error
        return response.status_code, response.content
