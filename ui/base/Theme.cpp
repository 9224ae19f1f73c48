// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Theme.h"

#include "ui/base/Fonts.h"
#include "ui/base/ThemeStyle.h"

#include <QApplication>
#include <QVariant>

// Q_INIT_RESOURCE must stand outside any namespace.
static void loadAssets()
{
    Q_INIT_RESOURCE(tidewire_assets);
}

namespace tw {

namespace {

constexpr const char *kProperty = "tidewireTheme";

void setFonts(QApplication &app)
{
    using fonts::Size;
    QApplication::setFont(fonts::sans(Size::Body));
    const QFont medium = fonts::sans(Size::Body, QFont::Medium);
    for (const char *widget : {"QPushButton", "QTabBar"})
        QApplication::setFont(medium, widget);
    QApplication::setFont(fonts::sans(Size::Body), "QMenuBar");
    QApplication::setFont(fonts::sans(Size::Body), "QMenu");
    QApplication::setFont(fonts::sans(Size::Second), "QToolTip");
    QApplication::setFont(fonts::sans(Size::Second), "QStatusBar");
    QApplication::setFont(fonts::sans(Size::Meta, QFont::Medium), "QHeaderView");
    app.setWindowIcon(Icons::windowIcon());
}

} // namespace

Theme &Theme::install(QApplication &app, Mode mode)
{
    if (auto *known = qobject_cast<Theme *>(app.property(kProperty).value<QObject *>())) {
        known->setMode(mode);
        return *known;
    }
    loadAssets();
    fonts::load();
    auto *theme = new Theme(app, mode);
    app.setProperty(kProperty, QVariant::fromValue<QObject *>(theme));
    // QApplication takes the style over; it reads the theme, which lives as long as the
    // application.
    QApplication::setStyle(new ThemeStyle(*theme));
    QApplication::setPalette(theme->palette());
    setFonts(app);
    return *theme;
}

Theme &Theme::current()
{
    QObject *known = qApp->property(kProperty).value<QObject *>();
    if (auto *theme = qobject_cast<Theme *>(known))
        return *theme;
    return install(*qobject_cast<QApplication *>(qApp));
}

Theme::Theme(QApplication &app, Mode mode)
    : QObject(&app), m_colors(mode == Mode::Dark ? ColorSet::dark() : ColorSet::light())
{}

void Theme::setMode(Mode wanted)
{
    if (wanted == mode())
        return;
    m_colors = wanted == Mode::Dark ? ColorSet::dark() : ColorSet::light();
    QApplication::setPalette(palette());
    Q_EMIT changed();
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&palette, this](QPalette::ColorRole role, Token token) {
        palette.setColor(role, m_colors[token]);
    };
    set(QPalette::Window, Token::Surface);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::Base, Token::Surface);
    set(QPalette::AlternateBase, Token::Raised);
    set(QPalette::ToolTipBase, Token::Raised);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::PlaceholderText, Token::Text3);
    set(QPalette::Text, Token::Text);
    set(QPalette::Button, Token::Surface);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::BrightText, Token::Err);
    set(QPalette::Light, Token::Surface);
    set(QPalette::Midlight, Token::Border);
    set(QPalette::Mid, Token::BorderStrong);
    set(QPalette::Dark, Token::Control);
    palette.setColor(QPalette::Shadow, QColor(0, 0, 0, 60));
    set(QPalette::Highlight, Token::AccentBg);
    set(QPalette::HighlightedText, Token::Text);
    set(QPalette::Link, Token::Accent);
    set(QPalette::LinkVisited, Token::KindTrigger);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, m_colors[Token::Control]);
    return palette;
}

} // namespace tw
