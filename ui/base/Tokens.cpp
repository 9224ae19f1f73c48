// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/Tokens.h"

#include <algorithm>
#include <cmath>

namespace tw {

namespace {

struct Row
{
    Token token;
    QRgb light;
    QRgb dark;
};

constexpr std::array<Row, kTokenCount> kRows{{
    {Token::Canvas, 0xF4F6F8, 0x11151A},       {Token::Dot, 0xD3D9E0, 0x28303A},
    {Token::Surface, 0xFFFFFF, 0x1A2028},      {Token::Raised, 0xFAFBFC, 0x1F262F},
    {Token::Sunken, 0xEEF1F4, 0x141920},       {Token::Border, 0xDFE3E8, 0x2C3540},
    {Token::BorderStrong, 0xBFC7D1, 0x465362}, {Token::Control, 0x8A95A3, 0x6B7888},
    {Token::Text, 0x18212D, 0xE9EDF2},         {Token::Text2, 0x46525F, 0xB8C2CD},
    {Token::Text3, 0x5E6A78, 0x8F9BA9},        {Token::Accent, 0x2B54D4, 0x86A3FF},
    {Token::AccentFill, 0x2B54D4, 0x3D63E0},   {Token::AccentBg, 0xE8EEFC, 0x1F2B4D},
    {Token::OnAccent, 0xFFFFFF, 0xFFFFFF},     {Token::Ok, 0x127336, 0x58C98A},
    {Token::OkBg, 0xE3F4E8, 0x14301F},         {Token::Err, 0xC2272D, 0xFF8A87},
    {Token::ErrBg, 0xFCE9E9, 0x3B1B1D},        {Token::Warn, 0x96590A, 0xF0B552},
    {Token::WarnBg, 0xFCF1DD, 0x36290F},       {Token::Info, 0x0B6B8F, 0x62C1E5},
    {Token::InfoBg, 0xE2F2F8, 0x122E3A},       {Token::Edge, 0x7C8897, 0x6E7B8A},
    {Token::Note, 0xFFF8E1, 0x2E2916},         {Token::NoteLine, 0xEBD9A0, 0x544A22},
    {Token::KindTrigger, 0x6B46C8, 0xB79CFF},  {Token::KindLogic, 0x9A5B0B, 0xE9AC55},
    {Token::KindMap, 0x0B7285, 0x55C3D4},      {Token::KindAction, 0x1D5FBF, 0x7FB2FF},
    {Token::KindFailure, 0xB4262C, 0xFF8A87},  {Token::KindDecide, 0xA1246B, 0xF08BC0},
    {Token::KindUtility, 0x46525F, 0xB8C2CD},
}};

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor &color)
{
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
           0.0722 * linear(color.blueF());
}

} // namespace

Token kindToken(StepKind kind)
{
    return static_cast<Token>(static_cast<int>(Token::KindTrigger) + static_cast<int>(kind));
}

Token valueToken(ValueKind kind)
{
    switch (kind) {
    case ValueKind::Text:
        return Token::Info;
    case ValueKind::Number:
        return Token::Accent;
    case ValueKind::YesNo:
        return Token::Warn;
    case ValueKind::DateTime:
        return Token::KindTrigger;
    case ValueKind::Group:
    case ValueKind::Lookup:
        break;
    }
    return Token::Text2;
}

Token toneToken(Tone tone)
{
    switch (tone) {
    case Tone::Accent:
        return Token::Accent;
    case Tone::Ok:
        return Token::Ok;
    case Tone::Err:
        return Token::Err;
    case Tone::Warn:
        return Token::Warn;
    case Tone::Info:
        return Token::Info;
    case Tone::Decide:
        return Token::KindDecide;
    case Tone::Neutral:
        break;
    }
    return Token::Text2;
}

ColorSet ColorSet::light()
{
    ColorSet set;
    for (const Row &row : kRows)
        set.m_colors[static_cast<size_t>(row.token)] = QColor(row.light);
    return set;
}

ColorSet ColorSet::dark()
{
    ColorSet set;
    set.m_dark = true;
    for (const Row &row : kRows)
        set.m_colors[static_cast<size_t>(row.token)] = QColor(row.dark);
    return set;
}

QColor ColorSet::tile(StepKind kind) const
{
    return mixed((*this)[kindToken(kind)], (*this)[Token::Surface], m_dark ? 0.20 : 0.12);
}

QColor ColorSet::tint(Tone tone) const
{
    switch (tone) {
    case Tone::Accent:
        return (*this)[Token::AccentBg];
    case Tone::Ok:
        return (*this)[Token::OkBg];
    case Tone::Err:
        return (*this)[Token::ErrBg];
    case Tone::Warn:
        return (*this)[Token::WarnBg];
    case Tone::Info:
        return (*this)[Token::InfoBg];
    case Tone::Decide:
        return tile(StepKind::Decide);
    case Tone::Neutral:
        break;
    }
    return (*this)[Token::Sunken];
}

QColor mixed(const QColor &over, const QColor &under, double share)
{
    const auto blend = [share](double a, double b) {
        return static_cast<float>(a * share + b * (1.0 - share));
    };
    return QColor::fromRgbF(blend(over.redF(), under.redF()), blend(over.greenF(), under.greenF()),
                            blend(over.blueF(), under.blueF()));
}

double contrast(const QColor &a, const QColor &b)
{
    const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
    return (light + 0.05) / (dark + 0.05);
}

} // namespace tw
