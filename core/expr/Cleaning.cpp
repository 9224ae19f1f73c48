// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Cleaning.h"

#include "core/base/Text.h"

#include <QChar>
#include <QList>
#include <QString>

#include <algorithm>
#include <array>
#include <utility>

namespace tw::expr {
namespace {

/// Longer than every address with its display name; what is longer is no address.
constexpr std::size_t kLongestEmail = 2048;
constexpr qsizetype kLongestLocalPart = 64;
constexpr qsizetype kLongestDomain = 253;
constexpr qsizetype kLongestLabel = 63;

bool isWordCharacter(char32_t c)
{
    return QChar::isLetterOrNumber(c) || QChar::isMark(c);
}

QString withoutInvisible(const QString &text)
{
    QString kept;
    const QList<uint> points = text.toUcs4();
    for (const char32_t c : points) {
        if (QChar::category(c) != QChar::Other_Format)
            kept += QChar::fromUcs4(c);
    }
    return kept;
}

QString addressPart(QString text)
{
    const qsizetype open = text.lastIndexOf(u'<');
    if (open >= 0) {
        const qsizetype close = text.indexOf(u'>', open);
        const bool closed = close > open && text.mid(close + 1).trimmed().isEmpty();
        text = closed ? text.mid(open + 1, close - open - 1) : QString();
    }
    text = text.trimmed();
    constexpr QStringView kScheme = u"mailto:";
    return text.startsWith(kScheme, Qt::CaseInsensitive) ? text.mid(kScheme.size()) : text;
}

bool isLocalPart(const QString &text)
{
    if (text.isEmpty() || text.size() > kLongestLocalPart || text.startsWith(u'.') ||
        text.endsWith(u'.') || text.contains(QStringLiteral("..")))
        return false;
    const QList<uint> points = text.toUcs4();
    return std::ranges::all_of(points, [](char32_t c) {
        return c < 0x80 ? QStringView(u"!#$%&'*+/=?^_`{|}~-.").contains(QChar(c)) ||
                              QChar::isLetterOrNumber(c)
                        : isWordCharacter(c);
    });
}

bool isLabel(const QString &text)
{
    const QList<uint> points = text.toUcs4();
    return !text.isEmpty() && text.size() <= kLongestLabel && !text.startsWith(u'-') &&
           !text.endsWith(u'-') &&
           std::ranges::all_of(points, [](char32_t c) { return c == U'-' || isWordCharacter(c); });
}

bool isDomain(const QString &text)
{
    const QStringList labels = text.split(u'.');
    return labels.size() >= 2 && text.size() <= kLongestDomain &&
           std::ranges::all_of(labels, isLabel) &&
           !std::ranges::all_of(labels.last(), [](QChar c) { return c.isDigit(); });
}

/// Marks above, below and over letters, and the points of Hebrew and Arabic, which people leave out
/// at will; told by their combining class (Unicode, table 4-3).
bool isDiacritic(char32_t c)
{
    if (!QChar::isMark(c))
        return false;
    const int place = QChar::combiningClass(c);
    return place == 1 || (place >= 10 && place <= 36) || place >= 200;
}

bool isApostrophe(char32_t c)
{
    constexpr std::u32string_view kApostrophes = U"'`\u00B4\u02B9\u02BB\u02BC\u02BD\u2018\u2019"
                                                 U"\u201B\u2032\u05F3\uFF07";
    return kApostrophes.find(c) != std::u32string_view::npos;
}

/// Letters that Unicode does not take apart although people type them without their stroke.
QStringView plainLetters(char32_t c)
{
    static constexpr std::array<std::pair<char32_t, QStringView>, 11> kPlain{{
        {U'\u00DF', u"ss"},
        {U'\u00E6', u"ae"},
        {U'\u00F0', u"d"},
        {U'\u00F8', u"o"},
        {U'\u00FE', u"th"},
        {U'\u0111', u"d"},
        {U'\u0127', u"h"},
        {U'\u0131', u"i"},
        {U'\u0142', u"l"},
        {U'\u0153', u"oe"},
        {U'\u0167', u"t"},
    }};
    const auto found = std::ranges::find(kPlain, c, &std::pair<char32_t, QStringView>::first);
    return found == kPlain.end() ? QStringView() : found->second;
}

void appendMatched(QString &out, char32_t c)
{
    const auto category = QChar::category(c);
    if (isDiacritic(c) || isApostrophe(c) || category == QChar::Other_Format)
        return;
    const bool apart = QChar::isSpace(c) || QChar::isPunct(c) || QChar::isSymbol(c) ||
                       category == QChar::Other_Control;
    if (apart)
        out += u' ';
    else if (const QStringView plain = plainLetters(c); !plain.isEmpty())
        out += plain;
    else
        out += QChar::fromUcs4(c);
}

std::string asciiName(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter)
            out += c;
        else if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c - 'A' + 'a');
        else if (c != '\'' && c != '`' && !out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

/// Capitals may come apart differently than small letters, so letters are folded in between.
QString foldedName(const QString &text)
{
    QString folded;
    const QList<uint> points = text.normalized(QString::NormalizationForm_KD).toUcs4();
    for (const char32_t c : points) {
        if (!isApostrophe(c))
            folded += QChar::fromUcs4(c);
    }
    folded = folded.toCaseFolded().normalized(QString::NormalizationForm_KD);
    QString out;
    out.reserve(folded.size());
    const QList<uint> small = folded.toUcs4();
    for (const char32_t c : small)
        appendMatched(out, c);
    return out.normalized(QString::NormalizationForm_C).simplified();
}

} // namespace

std::string normalizedEmail(std::string_view text)
{
    if (text.size() > kLongestEmail)
        return {};
    QString address = toQString(text).normalized(QString::NormalizationForm_KC);
    address = addressPart(withoutInvisible(address)).toLower();
    const qsizetype at = address.lastIndexOf(u'@');
    if (at < 0 || !isLocalPart(address.left(at)) || !isDomain(address.mid(at + 1)))
        return {};
    return toUtf8(address.normalized(QString::NormalizationForm_KC));
}

std::string normalizedName(std::string_view text)
{
    if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
        return asciiName(text);
    QString name = toQString(text);
    name.remove(QChar(0xB4)); // else it would come apart into a blank and a mark
    return toUtf8(foldedName(name));
}

} // namespace tw::expr
