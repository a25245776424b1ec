"""The bare parts that Marketry is measured beside: an ASGI reply, and a FastAPI page with four tuned SQLAlchemy queries."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from sqlalchemy import bindparam, create_engine, text

BODY = b"x" * int(os.environ.get("BARE_BYTES", "20000"))


async def reply(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """So many bytes of nothing: what uvicorn itself costs."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


PAGE = Environment(autoescape=True).from_string(
    """<!doctype html><title>{{ shop }}</title><h1>{{ category.name }}</h1><p>{{ category.text }}</p>
<ul>{% for card in cards %}<li class="product-card"><a href="/products/{{ card.slug }}">
<img src="/media/{{ card.picture }}" alt="{{ card.title }}" width="960" height="1200" loading="lazy">
<h2>{{ card.title }}</h2></a><p>{{ card.summary }}</p><p>{{ "%.2f" | format(card.price / 100) }} USD</p>
<p>{{ stock[card.id] }} in stock</p></li>{% endfor %}</ul>"""
)
WORDS = "a straight speckled stoneware mug with a handle big enough for three fingers and walls that keep coffee warm " * 5


def fill(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(
            """create table category(id integer primary key, slug text unique, name text, text text);
            create table product(id integer primary key, category int, slug text, title text, summary text, picture text);
            create table price(product int primary key, minor int);
            create table stock(product int primary key, units int);
            create index product_by_category on product(category, id);"""
        )
        db.execute("insert into category values (1, 'mugs', 'Mugs', 'Stoneware to drink from')")
        for n in range(1, 101):
            row = (n, f"mug-{n}", f"Mug {n}", WORDS, f"pictures/mug-{n}.webp")
            db.execute("insert into product values (?, 1, ?, ?, ?, ?)", row)
            db.execute("insert into price values (?, ?)", (n, 1000 + n))
            db.execute("insert into stock values (?, ?)", (n, n))


def four_queries() -> FastAPI:
    """A category page of 24 cards: category, products, prices, stock; statements built once, columns, no ORM."""
    path = Path(os.environ["BARE_DATABASE"])
    if not path.exists():
        fill(path)
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT", pool_size=8)
    category = text("select id, name, text from category where slug = :slug")
    products = text("select id, slug, title, summary, picture from product where category = :category order by id limit 24")
    wanted = bindparam("ids", expanding=True)
    prices = text("select product, minor from price where product in :ids").bindparams(wanted)
    stock = text("select product, units from stock where product in :ids").bindparams(wanted)
    app = FastAPI()

    @app.get("/categories/{slug}", response_class=HTMLResponse)
    def page(slug: str) -> HTMLResponse:
        with engine.connect() as connection:
            found = connection.execute(category, {"slug": slug}).one()
            rows = connection.execute(products, {"category": found.id}).all()
            ids = [row.id for row in rows]
            price_of = {r.product: r.minor for r in connection.execute(prices, {"ids": ids})}
            units = {r.product: r.units for r in connection.execute(stock, {"ids": ids})}
        cards = [{**row._mapping, "price": price_of[row.id]} for row in rows]
        return HTMLResponse(PAGE.render(shop="Bare", category=found, cards=cards, stock=units))

    return app
