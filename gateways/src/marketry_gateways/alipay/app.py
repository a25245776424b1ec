"""The twin as a Starlette application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from marketry_gateways.alipay.bank import Bank
from marketry_gateways.alipay.bills import bill
from marketry_gateways.alipay.cashier import Cashier
from marketry_gateways.alipay.controls import ACTIONS, Controls
from marketry_gateways.alipay.courier import Courier
from marketry_gateways.alipay.gateway import Gateway
from marketry_gateways.alipay.refusals import Refusal


def make_app(bank: Bank, gateway: Gateway, courier: Courier, controls: Controls) -> Starlette:
    cashier = Cashier(bank)

    async def book(_: Request) -> Response:
        """The book, and every delivery of a notification."""
        notifications = [
            {
                "notify_id": d.notification.notify_id,
                "out_trade_no": d.notification.out_trade_no,
                "trade_status": d.notification.fields["trade_status"],
                "attempt": d.attempt,
                "status": d.status,
                "accepted": d.accepted,
            }
            for d in list(courier.deliveries)
        ]
        return JSONResponse({**bank.book.as_json(), "notifications": notifications})

    async def control(request: Request) -> Response:
        """In a thread: an act may wait for the shop, which may ask the twin something before it answers.

        JSON by its media type only, which no foreign page in a browser can send here.
        """
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"error": "invalid", "message": "application/json, please"}, 415)
        try:
            message = await request.json()
            if not isinstance(message, dict):
                raise ValueError("an object with an action")
            result = await run_in_threadpool(controls.perform, message)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.sub_code, "message": refusal.sub_msg}, 409)
        except KeyError as error:
            return JSONResponse({"error": "not_found", "message": f"no such thing: {error}"}, 404)
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": "invalid", "message": str(error), "actions": list(ACTIONS)}, 422)
        return JSONResponse({"result": result})

    async def download(request: Request) -> Response:
        date = bank.bills.get(request.path_params["token"])
        if date is None:
            return Response("", 404)
        headers = {"content-disposition": f'attachment; filename="{bank.identity.seller_id}_{date}.csv.zip"'}
        now = bank.clock.now()
        return Response(bill(bank.book, bank.identity.seller_id, date, now), media_type="application/zip", headers=headers)

    return Starlette(
        routes=[
            Route("/gateway.do", gateway.endpoint, methods=["GET", "POST"]),
            Route("/cashier/{token}", cashier.show),
            Route("/cashier/{token}/account", cashier.sign_in, methods=["POST"]),
            Route("/cashier/{token}/decision", cashier.decide, methods=["POST"]),
            Route("/bax{code}", cashier.scan),
            Route("/_cashier.css", cashier.style),
            Route("/bill/{token}", download),
            Route("/_book", book),
            Route("/_control", control, methods=["POST"]),
        ]
    )
