// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Fonts.h"

#include <QDir>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainter>

namespace tw::fonts {

namespace {

constexpr double kPointsPerPixel = 72.0 / 96.0;

double widestDigit(const QFontMetricsF &metrics)
{
    double widest = 0;
    for (char16_t digit = u'0'; digit <= u'9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QChar(digit)));
    return widest;
}

double advance(const QFontMetricsF &metrics, double digit, QChar letter)
{
    return letter.isDigit() ? digit : metrics.horizontalAdvance(letter);
}

} // namespace

void load()
{
    static const bool loaded = [] {
        const QDir folder(QStringLiteral(":/tidewire/fonts"));
        for (const QString &file : folder.entryList(QDir::Files))
            QFontDatabase::addApplicationFont(folder.filePath(file));
        return true;
    }();
    Q_UNUSED(loaded)
}

QFont sans(Size size, QFont::Weight weight)
{
    QFont font(QStringLiteral("Inter"));
    font.setPixelSize(static_cast<int>(size));
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QFont mono(int pixels)
{
    QFont font(QStringLiteral("JetBrains Mono"));
    font.setPixelSize(pixels);
    font.setStyleHint(QFont::Monospace);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QFont editorMono(double pixels)
{
    QFont font = mono();
    font.setPointSizeF(pixels * kPointsPerPixel);
    return font;
}

double figuresWidth(const QFont &font, const QString &text)
{
    const QFontMetricsF metrics(font);
    const double digit = widestDigit(metrics);
    double width = 0;
    for (const QChar letter : text)
        width += advance(metrics, digit, letter);
    return width;
}

void drawFigures(QPainter &painter, const QRectF &rect, Qt::Alignment alignment,
                 const QString &text)
{
    const QFontMetricsF metrics(painter.font());
    const double digit = widestDigit(metrics);
    const double width = figuresWidth(painter.font(), text);
    double x = rect.left();
    if (alignment & Qt::AlignRight)
        x = rect.right() - width;
    else if (alignment & Qt::AlignHCenter)
        x = rect.center().x() - width / 2;
    const double y = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    for (const QChar letter : text) {
        const double step = advance(metrics, digit, letter);
        const double inset = (step - metrics.horizontalAdvance(letter)) / 2;
        painter.drawText(QPointF(x + inset, y), QString(letter));
        x += step;
    }
}

} // namespace tw::fonts
