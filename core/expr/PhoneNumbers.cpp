// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/expr/Cleaning.h"

#include <QChar>
#include <QList>
#include <QString>
#include <QStringList>

#include <algorithm>
#include <array>
#include <optional>

namespace tw::expr {
namespace {

constexpr std::size_t kLongestText = 256;
constexpr std::size_t kMostDigits = 15; ///< ITU-T E.164.

/// How a country dials. `trunk` stands before national numbers at home and falls away abroad;
/// `shortest` and `longest` count the digits behind it. `exit` leads abroad; empty where several
/// carriers have their own, so that it does not tell.
struct DialRule
{
    std::string_view country;
    std::string_view code;
    std::string_view trunk;
    std::size_t shortest;
    std::size_t longest;
    std::string_view exit = "00";
};

/// Written from the numbering plans that the ITU publishes. A country may have two rows: an old and
/// a new trunk prefix. Italy has none: its zero is part of the number, and a number that was
/// written without it stays as it is.
constexpr std::array kRules{
    DialRule{"AE", "971", "0", 8, 9},        DialRule{"AL", "355", "0", 8, 9},
    DialRule{"AM", "374", "0", 8, 8},        DialRule{"AR", "54", "0", 10, 11},
    DialRule{"AT", "43", "0", 4, 13},        DialRule{"AU", "61", "0", 9, 9, "0011"},
    DialRule{"AZ", "994", "0", 9, 9},        DialRule{"BA", "387", "0", 8, 9},
    DialRule{"BD", "880", "0", 8, 10},       DialRule{"BE", "32", "0", 8, 9},
    DialRule{"BG", "359", "0", 7, 9},        DialRule{"BH", "973", "", 8, 8},
    DialRule{"BR", "55", "0", 10, 11, ""},   DialRule{"BY", "375", "80", 9, 9, "810"},
    DialRule{"CA", "1", "1", 10, 10, "011"}, DialRule{"CH", "41", "0", 9, 9},
    DialRule{"CL", "56", "", 9, 9, ""},      DialRule{"CN", "86", "0", 8, 11},
    DialRule{"CO", "57", "", 10, 10, ""},    DialRule{"CR", "506", "", 8, 8},
    DialRule{"CY", "357", "", 8, 8},         DialRule{"CZ", "420", "", 9, 9},
    DialRule{"DE", "49", "0", 5, 13},        DialRule{"DK", "45", "", 8, 8},
    DialRule{"DO", "1", "1", 10, 10, "011"}, DialRule{"DZ", "213", "0", 8, 9},
    DialRule{"EC", "593", "0", 8, 9},        DialRule{"EE", "372", "", 7, 8},
    DialRule{"EG", "20", "0", 8, 10},        DialRule{"ES", "34", "", 9, 9},
    DialRule{"FI", "358", "0", 5, 12},       DialRule{"FR", "33", "0", 9, 9},
    DialRule{"GB", "44", "0", 9, 10},        DialRule{"GE", "995", "0", 9, 9},
    DialRule{"GH", "233", "0", 9, 9},        DialRule{"GR", "30", "", 10, 10},
    DialRule{"GT", "502", "", 8, 8},         DialRule{"HK", "852", "", 8, 8, "001"},
    DialRule{"HR", "385", "0", 8, 9},        DialRule{"HU", "36", "06", 8, 9},
    DialRule{"ID", "62", "0", 8, 12, ""},    DialRule{"IE", "353", "0", 7, 9},
    DialRule{"IL", "972", "0", 8, 9},        DialRule{"IN", "91", "0", 10, 10},
    DialRule{"IS", "354", "", 7, 7},         DialRule{"IT", "39", "", 6, 11},
    DialRule{"JM", "1", "1", 10, 10, "011"}, DialRule{"JO", "962", "0", 8, 9},
    DialRule{"JP", "81", "0", 9, 10, "010"}, DialRule{"KE", "254", "0", 9, 9, "000"},
    DialRule{"KR", "82", "0", 8, 10, ""},    DialRule{"KW", "965", "", 8, 8},
    DialRule{"KZ", "7", "8", 10, 10, "810"}, DialRule{"LB", "961", "0", 7, 8},
    DialRule{"LI", "423", "", 7, 7},         DialRule{"LK", "94", "0", 9, 9},
    DialRule{"LT", "370", "0", 8, 8},        DialRule{"LT", "370", "8", 8, 8},
    DialRule{"LU", "352", "", 4, 11},        DialRule{"LV", "371", "", 8, 8},
    DialRule{"MA", "212", "0", 9, 9},        DialRule{"MC", "377", "", 8, 9},
    DialRule{"MD", "373", "0", 8, 8},        DialRule{"ME", "382", "0", 8, 8},
    DialRule{"MK", "389", "0", 8, 8},        DialRule{"MT", "356", "", 8, 8},
    DialRule{"MX", "52", "01", 10, 10},      DialRule{"MX", "52", "1", 10, 10},
    DialRule{"MY", "60", "0", 8, 10},        DialRule{"NG", "234", "0", 8, 10, "009"},
    DialRule{"NL", "31", "0", 9, 9},         DialRule{"NO", "47", "", 8, 8},
    DialRule{"NZ", "64", "0", 8, 10},        DialRule{"OM", "968", "", 8, 8},
    DialRule{"PA", "507", "", 7, 8},         DialRule{"PE", "51", "0", 8, 9},
    DialRule{"PH", "63", "0", 8, 10},        DialRule{"PK", "92", "0", 9, 10},
    DialRule{"PL", "48", "", 9, 9},          DialRule{"PR", "1", "1", 10, 10, "011"},
    DialRule{"PT", "351", "", 9, 9},         DialRule{"QA", "974", "", 7, 8},
    DialRule{"RO", "40", "0", 9, 9},         DialRule{"RS", "381", "0", 8, 9},
    DialRule{"RU", "7", "8", 10, 10, "810"}, DialRule{"SA", "966", "0", 8, 9},
    DialRule{"SE", "46", "0", 7, 10},        DialRule{"SG", "65", "", 8, 8, ""},
    DialRule{"SI", "386", "0", 8, 8},        DialRule{"SK", "421", "0", 9, 9},
    DialRule{"TH", "66", "0", 8, 9, "001"},  DialRule{"TN", "216", "", 8, 8},
    DialRule{"TR", "90", "0", 10, 10},       DialRule{"TW", "886", "0", 8, 9, ""},
    DialRule{"UA", "380", "0", 9, 9},        DialRule{"UK", "44", "0", 9, 10},
    DialRule{"US", "1", "1", 10, 10, "011"}, DialRule{"UZ", "998", "", 9, 9},
    DialRule{"VN", "84", "0", 9, 10},        DialRule{"ZA", "27", "0", 9, 9},
};

/// What was written: digits alone, and whether a plus stood before them.
struct Written
{
    bool plus = false;
    std::string digits;
};

bool isSeparator(char32_t c)
{
    constexpr std::u32string_view kSigns = U"./()_\u00B7";
    return QChar::isSpace(c) || QChar::category(c) == QChar::Punctuation_Dash ||
           QChar::category(c) == QChar::Other_Format || kSigns.find(c) != kSigns.npos;
}

bool isDigits(QStringView text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](QChar c) { return c.isDigit(); });
}

/// Takes "ext. 12", "x12", "#12", ", 12" and their like off the end.
QString withoutExtension(const QString &text)
{
    qsizetype end = text.size();
    while (end > 0 && (text[end - 1].isDigit() || text[end - 1].isSpace()))
        --end;
    if (end == text.size() || !isDigits(text.mid(end).trimmed()))
        return text;
    QStringView before = QStringView(text).left(end);
    while (!before.isEmpty() && QStringView(u".: ").contains(before.last()))
        before.chop(1);
    for (const QStringView mark :
         {QStringView(u";ext="), QStringView(u"extension"), QStringView(u"extn"),
          QStringView(u"ext"), QStringView(u"x"), QStringView(u"#"), QStringView(u","),
          QStringView(u";"), QStringView(u"durchwahl"), QStringView(u"dw"), QStringView(u"poste"),
          QStringView(u"interno"), QStringView(u"anexo"), QStringView(u"ramal")}) {
        if (before.endsWith(mark))
            return before.chopped(mark.size()).toString();
    }
    return text;
}

/// Takes "Tel.", "Phone:" and their like off the front, and a remark such as "(mobile)" off the
/// end.
QString withoutWords(const QString &text)
{
    qsizetype letters = 0;
    while (letters < text.size() && text[letters].isLetter())
        ++letters;
    const QString word = text.left(letters);
    static const QStringList kWords =
        QStringLiteral("tel telephone telefon telefono tel\u00E9fono t\u00E9l\u00E9phone t\u00E9l "
                       "fon phone ph "
                       "mobile mobil handy cell cellphone call office home work")
            .split(u' ');
    QString rest = text;
    if (kWords.contains(word)) {
        rest.remove(0, letters);
        while (!rest.isEmpty() && (rest[0].isSpace() || rest[0] == u'.' || rest[0] == u':'))
            rest.remove(0, 1);
    }
    const qsizetype open = rest.lastIndexOf(u'(');
    const bool remark = open > 0 && rest.endsWith(u')') &&
                        std::ranges::none_of(QStringView(rest).mid(open),
                                             [](QChar c) { return c.isDigit() || c == u'+'; });
    return (remark ? rest.left(open) : rest).trimmed();
}

std::optional<Written> digitsOf(QString text)
{
    text = withoutExtension(withoutWords(text.trimmed().toLower()));
    Written written;
    const QList<uint> points = text.toUcs4();
    for (const char32_t c : points) {
        const int digit = QChar::digitValue(c);
        if (digit >= 0)
            written.digits += static_cast<char>('0' + digit);
        else if (c == U'+' && !written.plus && written.digits.empty())
            written.plus = true;
        else if (!isSeparator(c))
            return {};
    }
    return written;
}

std::string upperCase(std::string_view text)
{
    std::string upper;
    for (const char c : text)
        upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return upper;
}

/// The calling code that an international number begins with (ITU-T E.164, annex to 1114).
std::string_view callingCode(std::string_view digits)
{
    constexpr std::string_view kTwoDigits = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 "
                                            "51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 "
                                            "86 90 91 92 93 94 95 98";
    if (digits.size() < 4 || digits[0] == '0')
        return {};
    if (digits[0] == '1' || digits[0] == '7')
        return digits.substr(0, 1);
    constexpr std::string_view kThreeDigits =
        "211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 "
        "237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 "
        "260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 "
        "357 358 359 370 371 372 373 374 375 376 377 378 379 380 381 382 383 385 386 387 389 420 "
        "421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 "
        "670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 "
        "808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 "
        "968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998";
    const bool two = kTwoDigits.find(digits.substr(0, 2)) != std::string_view::npos;
    if (two)
        return digits.substr(0, 2);
    const bool three = kThreeDigits.find(digits.substr(0, 3)) != std::string_view::npos;
    return three ? digits.substr(0, 3) : std::string_view();
}

bool isPlausible(const DialRule &rule, std::string_view digits)
{
    if (digits.size() < rule.shortest || digits.size() > rule.longest)
        return false;
    // North America: neither area code nor exchange begins with 0 or 1.
    return rule.code != "1" || (digits[0] >= '2' && digits[3] >= '2');
}

/// The national digits without trunk prefix, or empty. A number without its prefix is only certain
/// where all numbers have one length or no prefix exists.
std::string_view national(const DialRule &rule, std::string_view digits, bool abroad)
{
    const bool oneLength = rule.shortest == rule.longest;
    const bool prefixed = !rule.trunk.empty() && digits.starts_with(rule.trunk) &&
                          (!oneLength || digits.size() == rule.shortest + rule.trunk.size());
    const std::string_view rest = prefixed ? digits.substr(rule.trunk.size()) : digits;
    const bool mobileInChina = rule.country == "CN" && digits.size() == 11 && digits[0] == '1';
    // Ten or more digits carry their area: a local number has at most nine.
    const bool withArea = (rule.country == "BR" && digits[0] != '0' &&
                           (digits.size() == 10 || (digits.size() == 11 && digits[2] == '9'))) ||
                          (rule.country == "AR" && digits.size() == 10 &&
                           (digits.starts_with("11") || digits[0] == '2' || digits[0] == '3'));
    const bool certain =
        abroad || prefixed || oneLength || rule.trunk.empty() || mobileInChina || withArea;
    return certain && isPlausible(rule, rest) ? rest : std::string_view();
}

/// Argentina calls mobiles at home with 15 behind the area and from abroad with 9 before it:
/// 0 11 15 1234 5678 is +54 9 11 1234 5678. Empty for all other numbers.
std::string argentineMobile(std::string_view digits)
{
    if (digits.starts_with('0'))
        digits.remove_prefix(1);
    constexpr std::size_t kWithFifteen = 12;
    if (digits.size() != kWithFifteen || digits[0] < '1' || digits[0] > '3')
        return {};
    const bool capital = digits.starts_with("11");
    for (const std::size_t area : {2U, 3U, 4U}) {
        if ((area == 2) == capital && digits.substr(area, 2) == "15")
            return "+549" + std::string(digits.substr(0, area)) +
                   std::string(digits.substr(area + 2));
    }
    return {};
}

std::string international(std::string_view digits)
{
    const std::string_view code = callingCode(digits);
    if (code.empty())
        return {};
    const std::string_view rest = digits.substr(code.size());
    if (const std::string mobile = code == "54" ? argentineMobile(rest) : ""; !mobile.empty())
        return mobile;
    bool known = false;
    for (const DialRule &rule : kRules) {
        if (rule.code != code)
            continue;
        known = true;
        if (const std::string_view found = national(rule, rest, true); !found.empty())
            return "+" + std::string(code) + std::string(found);
    }
    if (known || digits.size() < 7 || digits.size() > kMostDigits)
        return {};
    return "+" + std::string(digits);
}

} // namespace

std::string normalizedPhone(std::string_view text, std::string_view country)
{
    if (text.size() > kLongestText)
        return {};
    const auto written = digitsOf(toQString(text).normalized(QString::NormalizationForm_KC));
    if (!written)
        return {};
    const std::string_view digits = written->digits;
    if (written->plus)
        return international(digits);
    const std::string home = upperCase(country);
    bool known = false;
    for (const DialRule &rule : kRules) {
        if (rule.country != home)
            continue;
        known = true;
        if (!rule.exit.empty() && digits.starts_with(rule.exit))
            return international(digits.substr(rule.exit.size()));
        if (const std::string mobile = home == "AR" ? argentineMobile(digits) : ""; !mobile.empty())
            return mobile;
        if (const std::string_view found = national(rule, digits, false); !found.empty())
            return "+" + std::string(rule.code) + std::string(found);
    }
    return !known && digits.starts_with("00") ? international(digits.substr(2)) : std::string();
}

} // namespace tw::expr
