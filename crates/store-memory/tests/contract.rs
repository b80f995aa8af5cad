//! The memory store obeys every law.

mod memory;

parlour_store_contract::contract_tests!(memory::Memory);
