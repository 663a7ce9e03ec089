//! Authentication, limits, metrics, autodiscover, pages.
