// sdk/host/service_effects.hpp - the table of a service's effects from a struct that holds one function for each.
#pragma once

#include "convene/service.h"

namespace convene {

/// `Table` has static functions of the effects' names, which are called with `self`.
template <class Table>
convene_service_effects service_effects(void* self) {
  return {self,
          &Table::add_customer,
          &Table::add_agent,
          &Table::remove,
          &Table::find_agent,
          &Table::stop_search,
          &Table::open_channel,
          &Table::close_channel,
          &Table::set_timer,
          &Table::notify,
          &Table::end,
          &Table::save_state};
}

}  // namespace convene
