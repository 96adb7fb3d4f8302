"""Files: the content once per hash, a document per name it came under."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actor import Side
from app.kernel.ids import new_id
from tenants.db import TenantModel
from tenants.sealing import SealedText


class Blob(TenantModel):
    """A content, named by its SHA-256 (hex); the bytes lie in the object store."""

    __tablename__ = "blob"
    __table_args__ = (CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    created_at: Mapped[datetime]
    pages: Mapped[int | None]
    """Pages of a PDF drawn as pictures, or sheets of a spreadsheet read; 0: it cannot be; None: not
    yet."""


class Document(TenantModel):
    """A file under the name it came with."""

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(ForeignKey(Blob.sha256), index=True)
    name: Mapped[str] = mapped_column(SealedText)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str]
    author_side: Mapped[Side]
    retention_class: Mapped[str] = mapped_column(default="voucher")
