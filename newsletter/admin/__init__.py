from newsletter.admin.issue import IssueAdmin

__all__ = ["IssueAdmin"]
