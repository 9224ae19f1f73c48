// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Icons.h"

#include "ui/base/Theme.h"

#include <QDir>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>
#include <cmath>

namespace tw {

namespace {

constexpr int kRatioSteps = 100;
/// A long session at many zoom levels must not keep every size it ever drew.
constexpr qsizetype kCacheLimit = 4000;

QString path(const QString &name)
{
    return QStringLiteral(":/tidewire/icons/%1.svg").arg(name);
}

QByteArray read(const QString &file)
{
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

QPixmap render(const QByteArray &svg, QSize size, qreal ratio)
{
    const QSize device(int(std::ceil(size.width() * ratio)), int(std::ceil(size.height() * ratio)));
    QPixmap pixmap(device);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(device)));
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

/// Asks the theme at every paint, so that actions need no update when it changes.
class ThemeIconEngine : public QIconEngine
{
public:
    ThemeIconEngine(QString name, Token token) : m_name(std::move(name)), m_token(token) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const int side = std::min(rect.width(), rect.height());
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        const QPoint corner(rect.x() + (rect.width() - side) / 2,
                            rect.y() + (rect.height() - side) / 2);
        painter->drawPixmap(QRect(corner, QSize(side, side)), image(side, ratio, mode, state));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1.0);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override
    {
        // `size` is in device pixels already; the result carries the ratio.
        const int side = std::max(1, int(std::min(size.width(), size.height()) / scale));
        return image(side, scale, mode, state);
    }

    QIconEngine *clone() const override { return new ThemeIconEngine(m_name, m_token); }

private:
    QPixmap image(int side, qreal ratio, QIcon::Mode mode, QIcon::State state) const
    {
        Theme &theme = Theme::current();
        Token token = m_token;
        if (mode == QIcon::Disabled)
            token = Token::Control;
        else if (state == QIcon::On && m_token == Token::Text2)
            token = Token::Accent;
        return theme.icons().pixmap(m_name, side, theme.color(token), ratio);
    }

    QString m_name;
    Token m_token;
};

} // namespace

QStringList Icons::names()
{
    QStringList names = QDir(QStringLiteral(":/tidewire/icons")).entryList(QDir::Files, QDir::Name);
    for (QString &name : names)
        name.chop(4);
    return names;
}

bool Icons::has(const QString &name)
{
    return !name.isEmpty() && QFile::exists(path(name));
}

QPixmap Icons::pixmap(const QString &name, int size, const QColor &color, qreal ratio)
{
    const Key key{name, size, color.rgba(), int(std::lround(ratio * kRatioSteps))};
    if (const auto found = m_cache.constFind(key); found != m_cache.constEnd())
        return *found;
    if (m_cache.size() > kCacheLimit)
        m_cache.clear();
    QByteArray svg = read(path(has(name) ? name : QStringLiteral("box")));
    svg.replace("currentColor", color.name().toLatin1());
    QPixmap pixmap = render(svg, {size, size}, ratio);
    m_cache.insert(key, pixmap);
    return pixmap;
}

void Icons::draw(QPainter &painter, const QPointF &topLeft, int size, const QString &name,
                 const QColor &color)
{
    const QTransform &transform = painter.deviceTransform();
    const qreal ratio = std::max(0.1, std::hypot(transform.m11(), transform.m12()));
    const QPixmap image = pixmap(name, size, color, ratio);
    const QPointF device = transform.map(topLeft);
    const QPointF snapped =
        transform.inverted().map(QPointF(std::round(device.x()), std::round(device.y())));
    painter.drawPixmap(QRectF(snapped, QSizeF(image.size()) / ratio), image, image.rect());
}

QIcon Icons::icon(const QString &name, Token token)
{
    return QIcon(new ThemeIconEngine(name, token));
}

QPixmap Icons::mark(int height, const ColorSet &colors, qreal ratio)
{
    const ColorSet drawn = ColorSet::light();
    QByteArray svg = read(QStringLiteral(":/tidewire/logo/tidewire.svg"));
    svg.replace(drawn[Token::Accent].name().toUpper().toLatin1(),
                colors[Token::Accent].name().toLatin1());
    svg.replace(drawn[Token::Err].name().toUpper().toLatin1(),
                colors[Token::Err].name().toLatin1());
    return render(svg, {height * 7 / 5, height}, ratio);
}

QIcon Icons::windowIcon()
{
    QIcon icon;
    const QByteArray svg = read(QStringLiteral(":/tidewire/logo/tidewire.svg"));
    for (const int side : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap square(side, side);
        square.fill(Qt::transparent);
        const int height = side * 5 / 7;
        QPainter painter(&square);
        painter.drawPixmap(0, (side - height) / 2, render(svg, {side, height}, 1.0));
        painter.end();
        icon.addPixmap(square);
    }
    return icon;
}

} // namespace tw
