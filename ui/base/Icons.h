// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Tokens.h"

#include <QHash>
#include <QIcon>
#include <QPixmap>
#include <QStringList>

class QPainter;

namespace tw {

/// Bootstrap Icons by name ("cloud-arrow-up"), rendered once per name, size, colour and device
/// ratio. Owned by the Theme (`Theme::current().icons()`); GUI thread only. A name that is not in
/// resources/ui/icons.txt draws the plain "box".
class Icons
{
public:
    static QStringList names();
    static bool has(const QString &name);

    /// A square pixmap of `size` logical pixels.
    QPixmap pixmap(const QString &name, int size, const QColor &color, qreal ratio);
    /// Draws the icon with its device pixels lined up, at the painter's own device ratio.
    void draw(QPainter &painter, const QPointF &topLeft, int size, const QString &name,
              const QColor &color);

    /// For actions and buttons: follows the theme by itself and greys out when disabled.
    static QIcon icon(const QString &name, Token token = Token::Text2);

    /// The product mark, `height` logical pixels high (1.4 times as wide), in theme colours.
    QPixmap mark(int height, const ColorSet &colors, qreal ratio);
    static QIcon windowIcon();

private:
    struct Key
    {
        QString name;
        int size;
        QRgb color;
        int ratio;
        bool operator==(const Key &) const = default;
        friend size_t qHash(const Key &key, size_t seed = 0)
        {
            return qHashMulti(seed, key.name, key.size, key.color, key.ratio);
        }
    };
    QHash<Key, QPixmap> m_cache;
};

} // namespace tw
