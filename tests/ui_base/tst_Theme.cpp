// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Fonts.h"
#include "ui/base/Theme.h"

#include <QFontInfo>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace tw;

namespace {

const std::array<Token, 4> kSurfaces{Token::Canvas, Token::Surface, Token::Raised, Token::Sunken};

bool anyPixel(const QPixmap &pixmap)
{
    const QImage image = pixmap.toImage();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (qAlpha(image.pixel(x, y)) > 128)
                return true;
        }
    }
    return false;
}

} // namespace

class tst_Theme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void tokensAreComplete_data() { bothThemes(); }
    void tokensAreComplete()
    {
        const ColorSet colors = chosen();
        for (size_t i = 0; i < kTokenCount; ++i) {
            QVERIFY2(colors[static_cast<Token>(i)].isValid(), qPrintable(QString::number(i)));
            QCOMPARE(colors[static_cast<Token>(i)].alpha(), 255);
        }
    }

    void textCanBeRead_data() { bothThemes(); }
    void textCanBeRead()
    {
        const ColorSet colors = chosen();
        for (const Token text : {Token::Text, Token::Text2, Token::Text3, Token::Accent}) {
            for (const Token surface : kSurfaces)
                readable(colors[text], colors[surface], 4.5);
            readable(colors[text], colors[Token::AccentBg], 4.5);
        }
        readable(colors[Token::OnAccent], colors[Token::AccentFill], 4.5);
        readable(colors[Token::Text], colors[Token::Note], 4.5);
        readable(colors[Token::Text2], colors[Token::Note], 4.5);
    }

    void stateTextCanBeReadOnItsTintAndOnSurfaces_data() { bothThemes(); }
    void stateTextCanBeReadOnItsTintAndOnSurfaces()
    {
        const ColorSet colors = chosen();
        for (const Tone tone : {Tone::Neutral, Tone::Accent, Tone::Ok, Tone::Err, Tone::Warn,
                                Tone::Info, Tone::Decide}) {
            readable(colors[toneToken(tone)], colors.tint(tone), 4.5);
            for (const Token surface : kSurfaces)
                readable(colors[toneToken(tone)], colors[surface], 4.5);
            // Badges are filled with the tone and carry the surface colour.
            readable(colors[Token::Surface], colors[toneToken(tone)], 4.5);
        }
    }

    void kindsCanBeToldFromTheirTiles_data() { bothThemes(); }
    void kindsCanBeToldFromTheirTiles()
    {
        const ColorSet colors = chosen();
        for (int i = 0; i <= int(StepKind::Utility); ++i) {
            const auto kind = static_cast<StepKind>(i);
            readable(colors[kindToken(kind)], colors[Token::Surface], 4.5);
            readable(colors[kindToken(kind)], colors.tile(kind), 3.0);
        }
    }

    void outlinesAndEdgesCanBeSeen_data() { bothThemes(); }
    void outlinesAndEdgesCanBeSeen()
    {
        const ColorSet colors = chosen();
        readable(colors[Token::Control], colors[Token::Surface], 3.0);
        readable(colors[Token::Edge], colors[Token::Canvas], 3.0);
        readable(colors[Token::Edge], colors[Token::Surface], 3.0);
        readable(colors[Token::Accent], colors[Token::Canvas], 3.0);
        readable(colors[Token::Err], colors[Token::Canvas], 3.0);
    }

    void everyListedIconDraws()
    {
        Theme &theme = Theme::current();
        const QStringList names = Icons::names();
        QVERIFY(names.size() > 100);
        for (const QString &name : names)
            QVERIFY2(anyPixel(theme.icons().pixmap(name, 32, Qt::black, 1.0)), qPrintable(name));
        QVERIFY(anyPixel(theme.icons().mark(40, theme.colors(), 1.0)));
        QVERIFY(anyPixel(Icons::windowIcon().pixmap(32, 32)));
    }

    void iconsAreRenderedOnceAndPerRatio()
    {
        Icons &icons = Theme::current().icons();
        const QPixmap once = icons.pixmap(QStringLiteral("box"), 16, Qt::red, 1.0);
        QCOMPARE(icons.pixmap(QStringLiteral("box"), 16, Qt::red, 1.0).cacheKey(), once.cacheKey());
        const QPixmap sharp = icons.pixmap(QStringLiteral("box"), 16, Qt::red, 2.0);
        QCOMPARE(sharp.size(), QSize(32, 32));
        QCOMPARE(sharp.deviceIndependentSize(), QSizeF(16, 16));
    }

    void anUnknownIconIsABox()
    {
        Icons &icons = Theme::current().icons();
        QVERIFY(!Icons::has(QStringLiteral("no-such-icon")));
        QCOMPARE(icons.pixmap(QStringLiteral("no-such-icon"), 16, Qt::red, 1.0).toImage(),
                 icons.pixmap(QStringLiteral("box"), 16, Qt::red, 1.0).toImage());
    }

    void actionIconsFollowTheTheme()
    {
        Theme &theme = Theme::current();
        theme.setMode(Theme::Mode::Light);
        const QIcon icon = Icons::icon(QStringLiteral("square-fill"), Token::Text);
        const QColor light = icon.pixmap(16, 16).toImage().pixelColor(8, 8);
        theme.setMode(Theme::Mode::Dark);
        const QColor dark = icon.pixmap(16, 16).toImage().pixelColor(8, 8);
        theme.setMode(Theme::Mode::Light);
        QCOMPARE(light, ColorSet::light()[Token::Text]);
        QCOMPARE(dark, ColorSet::dark()[Token::Text]);
    }

    void aModeChangeReachesPaletteAndListeners()
    {
        Theme &theme = Theme::current();
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setMode(Theme::Mode::Dark);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(QApplication::palette().color(QPalette::Window), ColorSet::dark()[Token::Surface]);
        theme.setMode(Theme::Mode::Dark);
        QCOMPARE(changed.size(), 1);
        theme.setMode(Theme::Mode::Light);
    }

    void theFontsAreTheEmbeddedOnes()
    {
        QCOMPARE(QFontInfo(fonts::sans(fonts::Size::Body)).family(), QStringLiteral("Inter"));
        QCOMPARE(QFontInfo(fonts::mono()).family(), QStringLiteral("JetBrains Mono"));
        QVERIFY(QFontInfo(fonts::sans(fonts::Size::Body, QFont::DemiBold)).weight() >=
                QFont::DemiBold);
    }

    void figuresHaveEqualWidth()
    {
        const QFont font = fonts::sans(fonts::Size::Body);
        QCOMPARE(fonts::figuresWidth(font, QStringLiteral("111")),
                 fonts::figuresWidth(font, QStringLiteral("800")));
    }

private:
    static void bothThemes()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("in the light theme") << false;
        QTest::newRow("in the dark theme") << true;
    }

    static ColorSet chosen()
    {
        QFETCH(bool, dark);
        return dark ? ColorSet::dark() : ColorSet::light();
    }

    static void readable(const QColor &front, const QColor &back, double least)
    {
        const double found = contrast(front, back);
        QVERIFY2(
            found >= least,
            qPrintable(QStringLiteral("%1 on %2: %3").arg(front.name(), back.name()).arg(found)));
    }
};

QTEST_MAIN(tst_Theme)
#include "tst_Theme.moc"
