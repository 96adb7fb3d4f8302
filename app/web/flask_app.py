"""A Flask whose requests are transactions."""

from flask import Flask, Response
from typing_extensions import override

from tenants.db import transaction


class Kontor(Flask):
    """An answer commits, a refusal rolls back."""

    @override
    def dispatch_request(self) -> Response:
        # Committing here, not in after_request: an error that shows only at commit must still
        # reach the error handlers.
        with transaction() as tx:
            response = self.make_response(super().dispatch_request())
            if response.status_code >= 400:
                tx.doom()
            return response
