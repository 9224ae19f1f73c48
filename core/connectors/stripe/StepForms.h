// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"
#include "core/schema/Settings.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// Whether an expression is nothing but the name of a field.
bool isPlainName(const std::string &text);

/// "Payment intent" for "payment_intent".
std::string objectTitle(std::string_view object);
/// The choices of a form: objects that have a call of this verb.
std::vector<Param::Choice> objectChoices(const ApiCatalogue &catalogue, ApiVerb verb);
/// The object that the settings of a step are about; empty: none is chosen.
using ObjectOf = std::function<std::string(const Settings &)>;
/// What `expand` may name, with what becomes of it; without "data." where people read it.
std::vector<Param::Choice> expandChoices(const ApiCatalogue &catalogue, std::string_view object,
                                         bool isList);
/// The setting `expand`, which every step has, with all paths that the object has; `isList`: each
/// begins with "data.".
Param expandParam(const CataloguePtr &catalogue, ObjectOf objectOf, bool isList = false);
/// Paths that lead nowhere, each at its own place ("expand/0"), with the nearest that does.
void checkExpand(const ApiCatalogue &catalogue, const Settings &settings, std::string_view object,
                 bool isList, std::vector<Diagnostic> &findings);
/// For a trigger, which reads objects of several types with one setting: what all of them have.
std::vector<std::string> expandableOfAll(const ApiCatalogue &catalogue,
                                         const std::vector<std::string> &objects);
void checkExpandOfAll(const ApiCatalogue &catalogue, const Settings &settings,
                      const std::vector<std::string> &objects, std::vector<Diagnostic> &findings);
/// What a step takes: the parameters of the call, and the fields that only say which object it is.
Shape callShape(const ApiCatalogue &catalogue, const ApiOperation &operation,
                const Settings &settings, std::initializer_list<const char *> names);
/// What an answer looks like whose fields of these names are objects instead of ids.
Shape expandedShape(const ApiCatalogue &catalogue, std::string_view object,
                    const std::vector<std::string> &expand, bool isList = false);
} // namespace tw::stripe
