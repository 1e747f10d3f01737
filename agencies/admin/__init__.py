"""The administration pages 系统管理: what each of the three offices sees and does; every change rings an action."""

from agencies.admin import directory, people, record

__all__ = ["directory", "people", "record"]
