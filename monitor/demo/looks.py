"""The body mark-up of each outlet: after the page structures this region's sites have."""

# ruff: noqa: E501 — a line of mark-up is read best unbroken

from __future__ import annotations

from monitor.demo.markup import Look

# `@also` becomes a link to another story of the outlet, `@url` the address of the page.
LOOKS = {
    "steppe": Look(
        paragraph='<p class="formatted-body__paragraph"><span>{}</span></p>',
        heading='<h2 class="formatted-body__subhead">{}</h2>',
        question='<p class="formatted-body__paragraph"><strong>{}</strong></p>',
        answer='<p class="formatted-body__paragraph">{}</p>',
        insets=(
            (2, '<aside class="adv-placeholder" data-zone="in-text-1"><span>Реклама</span></aside>'),
            (3, '<p class="formatted-body__link">Читайте также: @also</p>'),
            (6, '<aside class="adv-placeholder" data-zone="in-text-2"><span>Реклама</span></aside>'),
        ),
        tail='<div class="formatted-body__source" hidden>Оригинал статьи: @url</div>',
    ),
    "north": Look(
        paragraph='<div class="article__block" data-type="text"><div class="article__text">{}</div></div>',
        heading='<div class="article__block" data-type="h2"><h3 class="article__h2">{}</h3></div>',
        question='<div class="article__block" data-type="text"><div class="article__text">'
        "<strong>{}</strong></div></div>",
        answer='<div class="article__block" data-type="text"><div class="article__text">{}</div></div>',
        quote='<div class="article__block" data-type="quote"><div class="article__quote-text">{}</div></div>',
        insets=(
            (
                2,
                '<div class="article__block" data-type="article"><div class="article__article m-image">'
                '<span class="article__article-desc">@also</span><span class="article__article-info">'
                "вчера</span></div></div>",
            ),
        ),
    ),
    "priishim": Look(
        paragraph="{}",
        heading="<b>{}</b>",
        question="<b>{}</b>",
        answer="{}",
        quote="<i>{}</i>",
        note="<small>{}</small>",
        joint="<br><br>\n",
    ),
    "herald": Look(
        heading='<h2 class="wp-block-heading">{}</h2>',
        quote='<blockquote class="wp-block-quote"><p>{}</p></blockquote>',
        insets=((3, '<div class="code-block code-block-2"><ins class="adsbygoogle"></ins></div>'),),
        tail='<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul>'
        '<li><a href="#">Facebook</a></li><li><a href="#">X</a></li><li><a href="#">Telegram</a></li>'
        "</ul></div>",
    ),
    "pravo": Look(
        lead_outside=True,
        question="<p><b>{}</b></p>",
        insets=(
            (2, '<div class="tg_block"><a href="#">Самые важные новости — в нашем Telegram-канале</a></div>'),
            (4, "<p><b>Читайте также:</b> @also</p>"),
        ),
    ),
    "ministry": Look(
        lead_outside=True,
        insets=((3, '<div class="article__gallery"><figure><img src="/m/1.jpg" alt="">'
                 "<figcaption>Фото пресс-центра</figcaption></figure></div>"),),
    ),
    "uzyn": Look(),
    "svod": Look(
        question="<p><strong>{}</strong></p>",
        insets=((2, '<p class="also">Не пропустите: @also</p>'),),
        tail='<p class="cta">Подписывайтесь на Свод24 и узнавайте новости первыми!</p>',
    ),
    "tang": Look(
        insets=((3, '<p><strong>Тағы оқыңыз:</strong> @also</p>'),),
        tail='<p class="tg">Бізді Telegram арнамыздан оқыңыз!</p>',
    ),
    "meridian": Look(
        question="<p><b>{}</b></p>",
        insets=(
            (3, '<div class="tn-inline"><div class="tn-inline__t">По теме</div>@also</div>'),
            (8, '<div class="tn-banner" data-zone="mid"></div>'),
        ),
        tail="<p><em>Больше новостей в <strong>Telegram-канале</strong>. Подписывайтесь!</em></p>",
    ),
}  # fmt: skip
