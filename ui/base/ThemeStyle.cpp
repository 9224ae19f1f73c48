// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/ThemeStyle.h"

#include "ui/base/Paint.h"
#include "ui/base/Theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QComboBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSpinBox>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>

namespace tw {

namespace {

constexpr int kControlHeight = 32;
constexpr int kScrollExtent = 10;
constexpr const char *kRole = "tidewireRole";

} // namespace

void setRole(QPushButton &button, ButtonRole role)
{
    button.setProperty(kRole, static_cast<int>(role));
    button.setAutoDefault(false);
    button.update();
}

ThemeStyle::ThemeStyle(const Theme &theme)
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))), m_theme(theme)
{}

void ThemeStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget) ||
        qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QTabBar *>(widget) ||
        qobject_cast<QScrollBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if (auto *view = qobject_cast<QAbstractItemView *>(widget))
        view->viewport()->setAttribute(Qt::WA_Hover);
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption *option,
                            const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return kScrollExtent;
    case PM_ScrollBarSliderMin:
        return 28;
    case PM_SplitterWidth:
        return 1;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ScrollView_ScrollBarOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap:
    case PM_TabBarBaseOverlap:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_MenuBarPanelWidth:
    case PM_MenuBarVMargin:
    case PM_ToolBarFrameWidth:
        return 0;
    case PM_MenuBarHMargin:
        return 4;
    case PM_MenuBarItemSpacing:
        return 4;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
        return 4;
    case PM_MenuHMargin:
        return 4;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_TabBarIconSize:
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return 8;
    case PM_TabBarTabHSpace:
        return 24;
    case PM_TabBarTabVSpace:
        return 20;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
        return 12;
    case PM_HeaderMargin:
    case PM_ToolTipLabelFrameWidth:
        return 6;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ThemeStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                          QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
    case SH_DrawMenuBarSeparator:
    case SH_TitleBar_NoBorder:
    case SH_UnderlineShortcut:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_TabBar_Alignment:
        return Qt::AlignLeft;
    case SH_ToolTipLabel_Opacity:
        return 255;
    case SH_Widget_Animation_Duration:
        return m_theme.reduceMotion() ? 0 : 120;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption *option,
                                   const QSize &contents, const QWidget *widget) const
{
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    switch (type) {
    case CT_PushButton: {
        // Qt counts 4 px between icon and words; here they stand 8 apart.
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        const int gap = button && !button->icon.isNull() && !button->text.isEmpty() ? 4 : 0;
        return {contents.width() + 26 + gap, std::max(kControlHeight, contents.height() + 8)};
    }
    case CT_LineEdit:
    case CT_SpinBox:
        size.setHeight(kControlHeight);
        return size;
    case CT_ComboBox:
        return {contents.width() + 44, std::max(kControlHeight, size.height())};
    case CT_ToolButton:
        return size.expandedTo({28, 28});
    case CT_MenuBarItem:
        return {contents.width() + 20, std::max(28, contents.height() + 10)};
    case CT_MenuItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (item && item->menuItemType == QStyleOptionMenuItem::Separator)
            return {size.width(), 9};
        const bool keys = item && item->text.contains(QLatin1Char('\t'));
        return {contents.width() + 68 + (keys ? 16 : 0), std::max(28, size.height())};
    }
    case CT_ItemViewItem:
        size.setHeight(std::max(28, size.height()));
        return size;
    case CT_HeaderSection:
        size.setHeight(26);
        return size;
    default:
        return size;
    }
}

QRect ThemeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option,
                                 SubControl part, const QWidget *widget) const
{
    if (control == CC_ComboBox && part == SC_ComboBoxEditField)
        return option->rect.adjusted(10, 2, -28, -2);
    if (control == CC_ComboBox && part == SC_ComboBoxArrow)
        return {option->rect.right() - 27, option->rect.top(), 26, option->rect.height()};
    if (control != CC_ScrollBar)
        return QProxyStyle::subControlRect(control, option, part, widget);

    const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (!bar)
        return {};
    const bool lying = bar->orientation == Qt::Horizontal;
    const int length = lying ? bar->rect.width() : bar->rect.height();
    int slider = length;
    if (bar->maximum > bar->minimum) {
        const qint64 range = qint64(bar->maximum) - bar->minimum;
        slider = int(qint64(bar->pageStep) * length / (range + bar->pageStep));
        slider = std::clamp(slider, std::min(28, length), length);
    }
    const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                              length - slider, bar->upsideDown);
    const auto stretch = [&](int from, int size) {
        return lying ? QRect(bar->rect.x() + from, bar->rect.y(), size, bar->rect.height())
                     : QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), size);
    };
    switch (part) {
    case SC_ScrollBarSlider:
        return visualRect(bar->direction, bar->rect, stretch(start, slider));
    case SC_ScrollBarSubPage:
        return visualRect(bar->direction, bar->rect, stretch(0, start));
    case SC_ScrollBarAddPage:
        return visualRect(bar->direction, bar->rect,
                          stretch(start + slider, length - start - slider));
    case SC_ScrollBarGroove:
        return bar->rect;
    default:
        return {};
    }
}

QRect ThemeStyle::subElementRect(SubElement element, const QStyleOption *option,
                                 const QWidget *widget) const
{
    if (element == SE_LineEditContents) {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth > 0)
            return option->rect.adjusted(7, 1, -7, -1);
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
                               QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case PE_PanelLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth > 0)
            drawField(*option, *painter);
        return;
    }
    case PE_FrameLineEdit:
        return;
    case PE_PanelButtonCommand:
        return drawButton(*option, *painter, widget);
    case PE_PanelButtonTool:
        return drawToolButton(*option, *painter);
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        return drawCheckMark(*option, *painter, false);
    case PE_IndicatorRadioButton:
        return drawCheckMark(*option, *painter, true);
    case PE_PanelItemViewRow:
    case PE_PanelItemViewItem:
        return drawRow(*option, *painter);
    case PE_FrameFocusRect:
        if (option->state & State_KeyboardFocusChange)
            paint::roundedBox(*painter, QRectF(option->rect), 4, QColor(),
                              m_theme.color(Token::Accent), 1.5);
        return;
    case PE_Frame:
        paint::roundedBox(
            *painter, QRectF(option->rect), paint::kControlRadius, QColor(),
            m_theme.color(option->state & State_HasFocus ? Token::Accent : Token::Border));
        return;
    case PE_FrameTabBarBase:
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            m_theme.color(Token::Border));
        return;
    case PE_FrameTabWidget:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar:
    case PE_FrameButtonBevel:
    case PE_FrameDefaultButton:
        return;
    case PE_FrameGroupBox:
        paint::roundedBox(*painter, QRectF(option->rect), paint::kTileRadius, QColor(),
                          m_theme.color(Token::Border));
        return;
    case PE_PanelMenu:
    case PE_FrameMenu:
    case PE_PanelTipLabel:
        painter->setPen(m_theme.color(Token::BorderStrong));
        painter->setBrush(
            m_theme.color(element == PE_PanelTipLabel ? Token::Raised : Token::Surface));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_IndicatorTabClose:
        if (option->state & State_MouseOver)
            paint::roundedBox(*painter, QRectF(option->rect), 4, m_theme.color(Token::Sunken));
        return drawGlyph(*painter, option->rect, QStringLiteral("x"), m_theme.color(Token::Text2),
                         14);
    case PE_IndicatorArrowDown:
        return drawGlyph(*painter, option->rect, QStringLiteral("chevron-down"),
                         m_theme.color(Token::Text3), 10);
    case PE_IndicatorArrowUp:
        return drawGlyph(*painter, option->rect, QStringLiteral("chevron-up"),
                         m_theme.color(Token::Text3), 10);
    case PE_IndicatorArrowRight:
        return drawGlyph(*painter, option->rect, QStringLiteral("chevron-right"),
                         m_theme.color(Token::Text3), 10);
    case PE_IndicatorArrowLeft:
        return drawGlyph(*painter, option->rect, QStringLiteral("chevron-left"),
                         m_theme.color(Token::Text3), 10);
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            drawGlyph(*painter, option->rect,
                      option->state & State_Open ? QStringLiteral("chevron-down")
                                                 : QStringLiteral("chevron-right"),
                      m_theme.color(Token::Text3), 10);
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ThemeStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                             const QWidget *widget) const
{
    switch (element) {
    case CE_PushButtonLabel:
        return drawButtonLabel(*option, *painter, widget);
    case CE_TabBarTabShape:
        return drawTab(*option, *painter);
    case CE_TabBarTabLabel: {
        const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option);
        if (!tab)
            return;
        QStyleOptionTab copy(*tab);
        copy.state &= ~State_HasFocus;
        copy.palette.setColor(
            QPalette::WindowText,
            m_theme.color(copy.state & State_Selected ? Token::Text : Token::Text2));
        return QProxyStyle::drawControl(element, &copy, painter, widget);
    }
    case CE_MenuItem:
        return drawMenuItem(*option, *painter);
    case CE_MenuBarItem:
        return drawMenuBarItem(*option, *painter);
    case CE_MenuBarEmptyArea:
        return;
    case CE_MenuEmptyArea:
        painter->fillRect(option->rect, m_theme.color(Token::Surface));
        return;
    case CE_Splitter:
        painter->fillRect(
            option->rect,
            m_theme.color(option->state & State_MouseOver ? Token::Accent : Token::Border));
        return;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        return drawHeader(*option, *painter);
    case CE_ProgressBarGroove:
        return;
    case CE_ProgressBarContents:
        return drawProgress(*option, *painter);
    case CE_ToolBar:
    case CE_SizeGrip:
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void ThemeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                    QPainter *painter, const QWidget *widget) const
{
    switch (control) {
    case CC_ScrollBar:
        return drawScrollBar(*option, *painter);
    case CC_ComboBox:
        return drawComboBox(*option, *painter);
    case CC_SpinBox:
        return drawSpinBox(*option, *painter);
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

} // namespace tw
