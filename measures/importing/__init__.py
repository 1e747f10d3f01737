"""Reading plan documents 方案导入: plain functions over frozen dataclasses, free of Django."""
